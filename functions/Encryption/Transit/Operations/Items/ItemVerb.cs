using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// What an operation does with one item. Items may be carried out on several threads at once, so a verb keeps no state
/// between them.
/// </summary>
internal abstract class ItemVerb(OperationInput input)
{
    protected OperationInput Input => input;

    /// <summary>What is metered for every item carried out.</summary>
    public abstract string Meter { get; }

    /// <summary>Whether failed items make the request a 400: Vault has that for what a client may not overlook.</summary>
    public virtual bool FailuresShowInStatus => false;

    /// <summary>An item takes a millisecond, not a microsecond: worth several threads.</summary>
    public virtual bool IsExpensive => false;

    /// <summary>The material, if any, that must be leased before items are carried out.</summary>
    public virtual LeasedVersions? Versions => null;

    /// <summary>The version whose material the item needs; 0 where it needs none, or will fail without.</summary>
    public virtual int VersionOf(int index) => 0;

    /// <summary>
    /// Carries the item out and writes its result's members, without braces; nothing where it fails. What was taken of the
    /// scratch is forgotten afterwards.
    /// </summary>
    public abstract ItemFault Apply(int index, PooledBuffer output, Scratch scratch);

    /// <summary>The item's input, decoded into the scratch.</summary>
    protected ItemFault DecodeInput(int index, Scratch scratch, out ReadOnlySpan<byte> bytes) =>
        scratch.TryDecode(Input.Text(Input[index], Param.Input), out bytes, out var faultAt)
            ? default
            : $"unable to decode input as base64: {ItemFault.Base64(faultAt)}";

    /// <summary>Members that a failed item of a batch has beside its error.</summary>
    public virtual void WriteFailed(PooledBuffer output)
    {
    }
}
