using System.Security.Cryptography;
using System.Text;

namespace Azure.Data.Tables;

public class TableSharedKeyCredential
{
    private readonly byte[] _key;

    /// <exception cref="FormatException">The key is not in base 64.</exception>
    public TableSharedKeyCredential(string accountName, string accountKey) =>
        (AccountName, _key) = (accountName, Convert.FromBase64String(accountKey));

    public string AccountName { get; }

    internal string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}
