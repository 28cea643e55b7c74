namespace Saas.Keys.LocalFile;

/// <summary>What an operator does to a key file by an app's command line.</summary>
public static class KeyFileCommand
{
    public const string Option = "--rotate-key-file";

    /// <summary>Adds a version to the file and prints its id; running apps wrap by it from their next use.</summary>
    /// <returns>The exit code.</returns>
    public static int Rotate(string path, TimeProvider time, TextWriter output, TextWriter errors)
    {
        try
        {
            output.WriteLine(LocalFileKey.Rotate(path, time));
            return 0;
        }
        catch (KeyFileException e)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }
}
