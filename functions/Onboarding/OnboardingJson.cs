using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Contracts;
using Saas.Onboarding.Api;
using Saas.Onboarding.Enrolments;
using Saas.Onboarding.Keys;
using Saas.Onboarding.Members;
using Saas.Onboarding.Projects;
using Saas.Onboarding.Sites;
using Saas.Onboarding.Tenants;

namespace Saas.Onboarding;

/// <summary>The app's JSON: camelCase, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignUp.SignUpRequest))]
[JsonSerializable(typeof(SignUp.SignUpResponse))]
[JsonSerializable(typeof(UpdateTenant.UpdateTenantRequest))]
[JsonSerializable(typeof(SuspendTenant.SuspendRequest))]
[JsonSerializable(typeof(TenantView))]
[JsonSerializable(typeof(PlanList))]
[JsonSerializable(typeof(WhoAmI.WhoAmIResponse))]
[JsonSerializable(typeof(CreateProject.CreateProjectRequest))]
[JsonSerializable(typeof(UpdateProject.UpdateProjectRequest))]
[JsonSerializable(typeof(ProjectView))]
[JsonSerializable(typeof(Page<ProjectView>))]
[JsonSerializable(typeof(AddMember.AddMemberRequest))]
[JsonSerializable(typeof(UpdateMember.UpdateMemberRequest))]
[JsonSerializable(typeof(MemberView))]
[JsonSerializable(typeof(Page<MemberView>))]
[JsonSerializable(typeof(CreateKey.CreateKeyRequest))]
[JsonSerializable(typeof(CreateKey.CreatedKey))]
[JsonSerializable(typeof(UpdateKey.UpdateKeyRequest))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(Page<KeyView>))]
[JsonSerializable(typeof(CreateSite.CreateSiteRequest))]
[JsonSerializable(typeof(UpdateSite.UpdateSiteRequest))]
[JsonSerializable(typeof(SiteView))]
[JsonSerializable(typeof(Page<SiteView>))]
[JsonSerializable(typeof(CreateEnrolmentToken.CreateEnrolmentTokenRequest))]
[JsonSerializable(typeof(CreateEnrolmentToken.CreatedEnrolmentToken))]
[JsonSerializable(typeof(EnrolmentTokenView))]
[JsonSerializable(typeof(Page<EnrolmentTokenView>))]
public sealed partial class OnboardingJson : JsonSerializerContext
{
    /// <summary>For what clients send: unknown and repeated members are refused.</summary>
    public static OnboardingJson Strict { get; } = new(StrictJson.Over(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    }));
}
