using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Intentions;

/// <summary>
/// Consul's <c>/v1/connect/intentions</c>, and by name under <c>exact</c>. Resources are destinations, as Consul's rules
/// are: <c>intention/db</c>; those of endpoints that name an id, or several names, are <c>intention/</c>.
/// </summary>
internal static class IntentionRoutes
{
    private const string Root = "/v1/connect/intentions";
    private const string Read = "intentions:read";
    private const string Write = "intentions:write";
    private const int MaxBodyBytes = 256 * 1024;

    public static void Map(IRouteTable routes)
    {
        routes.MapQuestion(Root, Read, All, "All intentions.", List);
        routes.MapChange("POST", Root, Write, All, "Makes an intention with an id.", CreateAsync).MaxBodyBytes(MaxBodyBytes);
        routes.MapQuestion(Root + "/exact", Read, Destination, "The intention of a source and a destination.", GetExact);
        routes.MapChange("PUT", Root + "/exact", Write, Destination, "Makes or replaces the intention of a source and a destination.", PutExactAsync)
            .MaxBodyBytes(MaxBodyBytes);
        routes.MapChange("DELETE", Root + "/exact", Write, Destination, "Removes the intention of a source and a destination.", DeleteExactAsync);
        MatchIntentions.Map(routes);
        CheckIntention.Map(routes);
        routes.MapQuestion(Root + "/{id}", Read, All, "An intention by its id.", Get);
        routes.MapChange("PUT", Root + "/{id}", Write, All, "Changes an intention by its id.", UpdateAsync).MaxBodyBytes(MaxBodyBytes);
        routes.MapChange("DELETE", Root + "/{id}", Write, All, "Removes an intention by its id.", DeleteAsync);
    }

    public static string All(ApiRequest request) => "intention/";

    /// <summary>By the last part of its name: what stands before it can be but <c>default</c>.</summary>
    public static string Destination(ApiRequest request)
    {
        var name = request.Query("destination") ?? "";
        return "intention/" + name[(name.LastIndexOf('/') + 1)..];
    }

    private static IntentionQuestion List(ConsulRequest request)
    {
        var filter = request.Filter(IntentionWire.Fields);
        return new IntentionQuestion(
            new QuestionKey("intentions", "").With(request.Query("filter") ?? "").ToString(),
            (json, state) => IntentionWire.WriteAll(json, state.All.Where(i => filter?.Matches(i) ?? true)));
    }

    private static IntentionQuestion GetExact(ConsulRequest request)
    {
        var (source, destination) = (IntentionNames.Required(request, "source"), IntentionNames.Required(request, "destination"));
        return new IntentionQuestion(
            new QuestionKey("intentions/exact", "").With(source).With(destination).ToString(),
            (json, state) => IntentionWire.Write(json, state.Find(source, destination) ?? throw RegistryException.NotFound("Intention not found")));
    }

    private static IntentionQuestion Get(ConsulRequest request)
    {
        var id = request.Route("id");
        if (!Guid.TryParseExact(id, "D", out _))
        {
            throw RegistryException.BadRequest(NotAnId);
        }

        return new IntentionQuestion(
            new QuestionKey("intentions/id", "").With(id).ToString(),
            (json, state) => IntentionWire.Write(json, state.FindById(id) ?? throw RegistryException.NotFound("Intention not found")));
    }

    private static async ValueTask<IResult> PutExactAsync(ConsulRequest request, CancellationToken ct)
    {
        var (source, destination) = (IntentionNames.Required(request, "source"), IntentionNames.Required(request, "destination"));
        var body = await request.ReadJsonAsync(IntentionJson.Default.IntentionBody, ct);
        if (body.SourcePeer is { Length: > 0 })
        {
            body.CheckPlaces();
        }

        var intention = body.ToIntention() with { SourceName = source, DestinationName = destination };
        await request.ExecuteAsync(draft =>
        {
            IntentionCommands.Upsert(draft, intention, body.SourceType);
            return true;
        });
        return ConsulResult.True;
    }

    /// <summary>One that is not there is removed already.</summary>
    private static async ValueTask<IResult> DeleteExactAsync(ConsulRequest request, CancellationToken ct)
    {
        var (source, destination) = (IntentionNames.Required(request, "source"), IntentionNames.Required(request, "destination"));
        await request.ExecuteAsync(draft =>
        {
            IntentionCommands.Delete(draft, source, destination);
            return true;
        });
        return ConsulResult.True;
    }

    private static async ValueTask<IResult> CreateAsync(ConsulRequest request, CancellationToken ct)
    {
        var body = await request.ReadJsonAsync(IntentionJson.Default.IntentionBody, ct);
        body.CheckPlaces();
        if (body.ID is { Length: > 0 })
        {
            throw RegistryException.Server("ID must be empty when creating a new intention");
        }

        var (intention, id) = (body.ToIntention(), Guid.NewGuid().ToString());
        await request.ExecuteAsync(draft =>
        {
            IntentionCommands.Create(draft, intention, body.SourceType, id);
            return true;
        });
        return ConsulResult.Of(new CreatedIntention(id), IntentionAnswerJson.Default.CreatedIntention);
    }

    private static async ValueTask<IResult> UpdateAsync(ConsulRequest request, CancellationToken ct)
    {
        var body = await request.ReadJsonAsync(IntentionJson.Default.IntentionBody, ct);
        body.CheckPlaces();
        var (intention, id) = (body.ToIntention(), Id(request));
        await request.ExecuteAsync(draft =>
        {
            IntentionCommands.Update(draft, intention, body.SourceType, id);
            return true;
        });
        return ConsulResult.Of(new CreatedIntention(id), IntentionAnswerJson.Default.CreatedIntention);
    }

    private static async ValueTask<IResult> DeleteAsync(ConsulRequest request, CancellationToken ct)
    {
        var id = Id(request);
        await request.ExecuteAsync(draft =>
        {
            IntentionCommands.DeleteById(draft, id);
            return true;
        });
        return ConsulResult.True;
    }

    private static string Id(ConsulRequest request) => Guid.TryParseExact(request.Route("id"), "D", out _)
        ? request.Route("id")
        : throw RegistryException.Server("Intention lookup failed: " + NotAnId);

    private const string NotAnId = "failed config entry lookup: index error: UUID must be 36 characters";
}
