using Saas.Hosting.Hosts;
using Saas.Provisioning;

return await FunctionApp.RunAsync(new ProvisioningModule(), args);
