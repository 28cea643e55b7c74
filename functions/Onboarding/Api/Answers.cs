using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;

namespace Saas.Onboarding.Api;

/// <summary>How outcomes become responses.</summary>
internal static class Answers
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Results.Json(value, type, statusCode: status);

    /// <summary>The answer holds a secret: nothing on the way may keep it.</summary>
    public static void HoldsASecret(this ApiRequest request) => request.Http.Response.Headers.CacheControl = "no-store";

    /// <summary>The value's view, or the error's problem.</summary>
    public static IResult Answer<T, TView>(
        this Outcome<T> outcome, Func<T, TView> view, JsonTypeInfo<TView> type, int status = StatusCodes.Status200OK)
        where T : class =>
        outcome.IsDone ? Json(view(outcome.Value), type, status) : IdentityProblems.Of(outcome.Error);

    /// <summary>204, or the error's problem.</summary>
    public static IResult AnswerEmpty<T>(this Outcome<T> outcome)
        where T : class =>
        outcome.IsDone ? Results.NoContent() : IdentityProblems.Of(outcome.Error);
}
