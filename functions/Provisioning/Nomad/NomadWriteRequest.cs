namespace Saas.Provisioning.Nomad;

/// <summary>
/// What Nomad's clients put into the body of every change. The namespace in the query or in the header wins, as the region
/// there does.
/// </summary>
internal abstract record NomadWriteRequest
{
    public string? Region { get; init; }
    public string? Namespace { get; init; }

    /// <summary>Nomad's own clients leave it empty: credentials are in headers. Not read.</summary>
    public string? SecretID { get; init; }
}
