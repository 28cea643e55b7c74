using System.Text.Encodings.Web;
using System.Text.Json;

namespace Saas.Encryption.Vault;

/// <summary>How we write Vault's JSON.</summary>
internal static class VaultJson
{
    public const string ContentType = "application/json";

    /// <summary>Vault forbids every cache in between to keep an answer.</summary>
    public const string NoStore = "no-store";

    /// <summary>Base 64 has + and /, which need no escape in JSON that is not embedded in HTML.</summary>
    public static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
