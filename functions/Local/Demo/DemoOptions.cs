namespace Saas.Local.Demo;

/// <summary>The demo's command line; see Program.cs for what each option means.</summary>
internal sealed record DemoOptions(DirectoryInfo Data, int FirstPort, bool Json, bool Setup, bool Once);

/// <summary>The demo cannot go on; the message says why and, where there is one, what to do.</summary>
internal sealed class DemoException(string message) : Exception(message);
