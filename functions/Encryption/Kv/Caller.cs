using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv;

internal static class Caller
{
    /// <param name="operation">As Vault names what is done: <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, <c>undelete</c>.</param>
    public static Attribution By(VaultRequest request, string operation) => new(request.Principal.Name, operation, request.Principal.Id);
}
