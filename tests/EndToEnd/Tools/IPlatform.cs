namespace Saas.EndToEnd.Tests.Tools;

/// <summary>A running platform, however it is put together.</summary>
internal interface IPlatform
{
    /// <summary>Where each app answers, by its name.</summary>
    IReadOnlyDictionary<string, Uri> Apps { get; }

    /// <summary>What its processes wrote, for the message of a failed assertion.</summary>
    string Transcript { get; }
}
