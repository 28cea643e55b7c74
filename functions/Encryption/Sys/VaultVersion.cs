namespace Saas.Encryption.Sys;

/// <summary>The release of Vault whose HTTP API we answer: clients compare it with what they need.</summary>
internal static class VaultVersion
{
    public const string Number = "1.21.0";

    /// <summary>As Vault writes the version of an engine that is built in.</summary>
    public const string BuiltIn = "v" + Number + "+builtin.vault";
}
