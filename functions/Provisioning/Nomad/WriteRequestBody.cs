namespace Saas.Provisioning.Nomad;

/// <summary>
/// What Nomad's clients send with every write beside what they mean. The namespace in the query or in the header wins, as the
/// region there does.
/// </summary>
internal abstract record WriteRequestBody
{
    public string? Region { get; init; }
    public string? Namespace { get; init; }

    /// <summary>Nomad's own clients leave it empty: credentials are in headers. Not read.</summary>
    public string? SecretID { get; init; }
}
