using Saas.Billing;
using Saas.Hosting.Hosts;

return await FunctionApp.RunAsync(new BillingModule(), args);
