using Saas.Hosting.Hosts;
using Saas.Registry;

return await FunctionApp.RunAsync(new RegistryModule(), args);
