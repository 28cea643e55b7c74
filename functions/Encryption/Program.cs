using Saas.Encryption;
using Saas.Hosting.Hosts;

return await FunctionApp.RunAsync(new EncryptionModule(), args);
