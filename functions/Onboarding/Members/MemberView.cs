using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Members;

namespace Saas.Onboarding.Members;

public sealed record MemberView(string Id, string Email, string Name, string Role, DateTimeOffset CreatedAt)
{
    public static MemberView Of(MemberRecord member) => new(member.Id, member.Email, member.Name, member.Role, member.CreatedAt);
}

/// <summary>What member routes ask access to.</summary>
internal static class MemberResources
{
    public static readonly string All = ResourceNames.Member("*");

    /// <summary>The route's member.</summary>
    public static string One(ApiRequest request) => ResourceNames.Member(request.Route("memberId"));
}
