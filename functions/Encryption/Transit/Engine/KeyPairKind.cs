namespace Saas.Encryption.Transit.Engine;

/// <summary>The algorithm that a key in DER says it is for.</summary>
internal enum KeyPairKind
{
    /// <summary>An algorithm or a curve that no key type has.</summary>
    Other = 0,
    Rsa,
    Ec,
    Ed25519,
}
