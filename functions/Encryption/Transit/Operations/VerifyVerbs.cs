using Saas.Cluster;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations;

/// <summary>Verifies one item after the other. What is merely wrong is no fault: it is not valid.</summary>
internal abstract class VerifyVerb(OperationInput input, LeasedVersions versions, Param text) : ItemVerb(input)
{
    public override string Meter => Meters.Transit(Key.Type.WireName);

    public override LeasedVersions Versions => versions;

    protected TransitKey Key => versions.Key;

    public override int VersionOf(int index)
    {
        var version = Parse(index).Version;
        return IsAllowed(version) ? version : 0;
    }

    protected VersionedText Parse(int index)
    {
        ref readonly var item = ref Input[index];
        return VersionedText.Parse(Input.Text(item, text));
    }

    protected bool IsAllowed(int version) =>
        version >= Math.Max(Key.MinDecryptionVersion, 1) && version <= Key.LatestVersion && Key.Find(version) is not null;

    protected static void WriteValid(PooledBuffer output, bool isValid) => output.Write(isValid ? "\"valid\":true"u8 : "\"valid\":false"u8);
}

internal sealed class SignatureVerb(OperationInput input, LeasedVersions versions, SignatureOptions options)
    : VerifyVerb(input, versions, Param.Signature)
{
    public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
    {
        ref readonly var item = ref Input[index];
        if (!scratch.TryDecode(Input.Text(item, Param.Input), out var bytes, out var faultAt))
        {
            return $"failed to parse item: failed to parse input: {ItemFault.Base64(faultAt)}";
        }

        if (!scratch.TryDecode(Input.Text(item, Param.Context), out var context, out faultAt))
        {
            return $"failed to parse item: failed to parse context: {ItemFault.Base64(faultAt)}";
        }

        var impure = SignatureParams.CheckPureEd25519(Key, options, Input.Text(item, Param.SignatureContext));
        if (!impure.IsNone)
        {
            return $"failed to parse item: {impure.Text}";
        }

        var parsed = Parse(index);
        if (FaultOf(parsed) is { } malformed)
        {
            return malformed;
        }

        if (!TryDecode(parsed.Payload, scratch, out var signature))
        {
            return "invalid base64 signature value";
        }

        var material = (SigningMaterial)Versions[parsed.Version];
        var fault = SignatureParams.Fault(material.Verify(options, context, bytes, signature, out var isValid), Key, options);
        if (fault.IsNone)
        {
            WriteValid(output, isValid);
        }

        return fault;
    }

    public override void WriteFailed(PooledBuffer output) => output.Write("\"valid\":false,"u8);

    private bool TryDecode(ReadOnlySpan<byte> text, Scratch scratch, out ReadOnlySpan<byte> signature)
    {
        if (options.Marshaling == SignatureMarshaling.Asn1)
        {
            return scratch.TryDecode(text, out signature, out _);
        }

        var room = scratch.Take(GoBase64.MaxDecodedLength(text.Length));
        var succeeded = GoBase64.TryDecodeUrl(text, room, out var written);
        signature = room[..written];
        return succeeded;
    }

    private string? FaultOf(VersionedText parsed) => parsed.Fault switch
    {
        VersionedTextFault.NoPrefix => "invalid signature: no prefix",
        VersionedTextFault.WrongNumberOfFields => "invalid signature: wrong number of fields",
        VersionedTextFault.NoVersion => "invalid signature: version number could not be decoded",
        _ when parsed.Version > Key.LatestVersion => "invalid signature: version is too new",
        _ when !IsAllowed(parsed.Version) => FaultTexts.TooOld,
        _ => null,
    };
}

internal sealed class HmacVerb(OperationInput input, LeasedVersions versions, DigestAlgorithm algorithm)
    : VerifyVerb(input, versions, Param.Hmac)
{
    public override ItemFault Apply(int index, PooledBuffer output, Scratch scratch)
    {
        ref readonly var item = ref Input[index];
        if (Input.IsBatch && !item.Has(Param.Input))
        {
            return "missing input";
        }

        if (DecodeInput(index, scratch, out var bytes) is { IsNone: false } undecoded)
        {
            return undecoded;
        }

        var parsed = Parse(index);
        if (parsed.Fault != VersionedTextFault.None)
        {
            return parsed.Fault switch
            {
                VersionedTextFault.NoPrefix => "invalid HMAC to verify: no prefix",
                VersionedTextFault.WrongNumberOfFields => "invalid HMAC: wrong number of fields",
                _ => "invalid HMAC: version number could not be decoded",
            };
        }

        if (!scratch.TryDecode(parsed.Payload, out var code, out var faultAt))
        {
            return $"unable to decode verification HMAC as base64: {ItemFault.Base64(faultAt)}";
        }

        if (parsed.Version > Key.LatestVersion)
        {
            return "invalid HMAC: version is too new";
        }

        if (!IsAllowed(parsed.Version))
        {
            return "cannot verify HMAC: version is too old (disallowed by policy)";
        }

        WriteValid(output, Versions[parsed.Version].VerifyHmac(algorithm, bytes, code));
        return default;
    }
}
