namespace Saas.Encryption.Mounts;

/// <summary>The secrets engines there are.</summary>
internal enum Engine
{
    Transit,

    /// <summary>Key-value, version 2: Vault's type <c>kv</c> with the option <c>version=2</c>.</summary>
    Kv,
}

internal static class Engines
{
    public static string TypeOf(Engine engine) => engine switch
    {
        Engine.Transit => "transit",
        Engine.Kv => "kv",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "Not an engine."),
    };
}
