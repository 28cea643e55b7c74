using Saas.Hosting.Hosts;
using Saas.Onboarding;

return await FunctionApp.RunAsync(new OnboardingModule(), args);
