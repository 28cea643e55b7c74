using System.Buffers;
using Microsoft.AspNetCore.Http;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Names as Vault's paths take them: letters, digits and <c>_</c>, and between those also <c>-</c> and <c>.</c></summary>
internal static class KeyNames
{
    /// <summary>Vault has no limit of its own here; a row's key has.</summary>
    public const int MaxLength = 256;

    private static readonly SearchValues<char> Ends =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> All =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-.");

    public static bool IsName(ReadOnlySpan<char> name) =>
        !name.IsEmpty && Ends.Contains(name[0]) && Ends.Contains(name[^1]) && !name.ContainsAnyExcept(All);

    /// <exception cref="VaultException">404, as for every path that matches none of Vault's; 400: too long.</exception>
    public static void Check(string name)
    {
        if (!IsName(name))
        {
            throw new VaultException(StatusCodes.Status404NotFound, "unsupported path");
        }

        if (name.Length > MaxLength)
        {
            throw VaultException.BadRequest($"key names have at most {MaxLength} characters");
        }
    }
}
