namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>Why an item was not carried out, in Vault's words; the default is success.</summary>
internal readonly struct ItemFault(string? text)
{
    public string? Text { get; } = text;

    public bool IsNone => Text is null;

    public static implicit operator ItemFault(string? text) => new(text);

    /// <summary>As Go's decoder says it.</summary>
    public static string Base64(int at) => $"illegal base64 data at input byte {at}";
}
