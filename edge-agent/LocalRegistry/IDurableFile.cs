namespace Saas.LocalRegistry;

/// <summary>A small file that is replaced as a whole: after a power cut it is the old one or the new one. One writer.</summary>
internal interface IDurableFile
{
    /// <summary>Null: it was never written.</summary>
    byte[]? Read();

    /// <exception cref="IOException">The disk is full or gone; the old content stands.</exception>
    void Write(ReadOnlySpan<byte> content);
}

/// <summary>The files of the local registry, by name, within the agent's data directory.</summary>
internal interface IDurableFiles
{
    /// <param name="name">Letters, digits, dots and dashes.</param>
    IDurableFile Open(string name);
}
