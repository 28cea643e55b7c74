using Saas.Encryption;
using Saas.Hosting.Hosts;
using Saas.Keys.LocalFile;

return args is [KeyFileCommand.Option, var path]
    ? KeyFileCommand.Rotate(path, TimeProvider.System, Console.Out, Console.Error)
    : await FunctionApp.RunAsync(new EncryptionModule(), args);
