namespace Saas.Provisioning.Nomad;

/// <summary>What Nomad's clients send with every write beside what they mean; the project and the token come from elsewhere.</summary>
internal abstract record WriteRequestBody
{
    public string? Region { get; init; }
    public string? Namespace { get; init; }
    public string? SecretID { get; init; }
}
