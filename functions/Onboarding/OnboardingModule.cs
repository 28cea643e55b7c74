using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Keys;
using Saas.Onboarding.Audit;
using Saas.Onboarding.Enrolments;
using Saas.Onboarding.Keys;
using Saas.Onboarding.Members;
using Saas.Onboarding.Projects;
using Saas.Onboarding.Sites;
using Saas.Onboarding.Tenants;

namespace Saas.Onboarding;

/// <summary>Tenants, members, API keys, projects, sites and enrolment: the table of contents of the app.</summary>
public sealed class OnboardingModule : IModule
{
    public string Name => "onboarding";

    /// <summary>For <see cref="PurgeTenants"/>, which looks for tenants whose grace period is over.</summary>
    public bool NeedsPlatformScope => true;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(OnboardingOptions.From(configuration));
        services.AddSingleton<OperatorKey>();
        services.AddKeyDestruction();
        services.AddSingleton<PurgeTenants>();
        services.AddSingleton<SignUp.Handler>();
        services.AddSingleton<UpdateTenant.Handler>();
        services.AddSingleton<DeleteTenant.Handler>();
        services.AddSingleton<SuspendTenant.Handler>();
        services.AddSingleton<CreateProject.Handler>();
        services.AddSingleton<UpdateProject.Handler>();
        services.AddSingleton<DeleteProject.Handler>();
        services.AddSingleton<AddMember.Handler>();
        services.AddSingleton<UpdateMember.Handler>();
        services.AddSingleton<RemoveMember.Handler>();
        services.AddSingleton<CreateKey.Validator>();
        services.AddSingleton<CreateKey.Handler>();
        services.AddSingleton<UpdateKey.Validator>();
        services.AddSingleton<UpdateKey.Handler>();
        services.AddSingleton<CreateSite.Handler>();
        services.AddSingleton<UpdateSite.Handler>();
        services.AddSingleton<DeleteSite.Handler>();
        services.AddSingleton<CreateEnrolmentToken.Handler>();
    }

    public void MapRoutes(IRouteTable routes)
    {
        SignUp.Map(routes);
        ListPlans.Map(routes);
        WhoAmI.Map(routes);
        GetTenant.Map(routes);
        UpdateTenant.Map(routes);
        DeleteTenant.Map(routes);
        RestoreTenant.Map(routes);
        SuspendTenant.Map(routes);
        CreateProject.Map(routes);
        ListProjects.Map(routes);
        UpdateProject.Map(routes);
        DeleteProject.Map(routes);
        AddMember.Map(routes);
        ListMembers.Map(routes);
        UpdateMember.Map(routes);
        RemoveMember.Map(routes);
        CreateKey.Map(routes);
        ListKeys.Map(routes);
        UpdateKey.Map(routes);
        RevokeKey.Map(routes);
        CreateSite.Map(routes);
        ListSites.Map(routes);
        UpdateSite.Map(routes);
        DeleteSite.Map(routes);
        CreateEnrolmentToken.Map(routes);
        ListEnrolmentTokens.Map(routes);
        ReadAudit.Map(routes);
    }

    public void MapTriggers(ITriggerTable triggers) => PurgeTenants.Map(triggers);
}
