namespace Saas.Provisioning.Nomad;

internal static class GoTime
{
    /// <summary>Go's zero time, <c>0001-01-01T00:00:00Z</c>: no time.</summary>
    public static readonly DateTime Zero = new(1, 1, 1, 0, 0, 0, DateTimeKind.Utc);
}
