using System.Buffers;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Kv;

/// <summary>GET /v1/kv/:key: one key, with <c>raw</c> its bare value; with <c>recurse</c> all that begin so; with <c>keys</c> their names.</summary>
internal static class ReadKeys
{
    public static void Map(IRouteTable routes) =>
        routes.MapConsul(
            "GET",
            KvRequests.Pattern,
            ConsulRoutes.Access(KvRequests.Read, KvRequests.ResourceOf).ByRequest(KvRequests.ReadingAction),
            "A key's value (raw: the bare bytes), or with recurse all below it, or with keys only their names.",
            (request, ct) => Blocking.AnswerAsync(request, QuestionOf(request), ct));

    private static Question QuestionOf(ConsulRequest request)
    {
        var key = KvLimits.Checked(KvRequests.KeyOf(request.Api));
        if (request.Api.Has("keys"))
        {
            KvRequests.RequireWholeTree(request, KvRequests.List, key);

            // Misspelt in its first years, and so forever.
            return new KeysQuestion(key, request.Query("separator") ?? request.Query("seperator") ?? "");
        }

        if (request.Api.Has("recurse"))
        {
            KvRequests.RequireWholeTree(request, KvRequests.Read, key);
            return new TreeQuestion(key);
        }

        var isRaw = request.Api.Has("raw");
        if (isRaw)
        {
            // Whoever wrote the value is not to run in the reader's browser.
            var headers = request.Api.Http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = "sandbox";
        }

        return new KeyQuestion(KvRequests.RequireKey(request), isRaw);
    }

    private sealed class KeyQuestion(string key, bool isRaw) : Question
    {
        public override string? Key { get; } = (isRaw ? "kv-raw " : "kv ") + key;

        public override string Topic { get; } = Watches.Key(key);

        public override string ContentType => isRaw ? "text/plain" : base.ContentType;

        public override ulong IndexIn(RegistryState state) => state.Kv.IndexOf(key);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            if (state.Kv.Find(key) is not { } entry)
            {
                return StatusCodes.Status404NotFound;
            }

            if (isRaw)
            {
                body.Write(entry.Value);
                return Ok;
            }

            using var json = KvJson.WriterOn(body);
            json.WriteStartArray();
            KvJson.Write(json, entry);
            json.WriteEndArray();
            return Ok;
        }
    }

    private sealed class TreeQuestion(string prefix) : Question
    {
        public override string? Key { get; } = "kv-tree " + prefix;

        public override string Topic { get; } = Watches.Prefix(prefix);

        public override ulong IndexIn(RegistryState state) => state.Kv.IndexOfPrefix(prefix);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            using var json = KvJson.WriterOn(body);
            json.WriteStartArray();
            var any = false;
            foreach (var entry in state.Kv.Entries.WithPrefix(prefix))
            {
                any = true;
                KvJson.Write(json, entry);
            }

            if (!any)
            {
                json.Reset();
                return StatusCodes.Status404NotFound;
            }

            json.WriteEndArray();
            return Ok;
        }
    }

    private sealed class KeysQuestion(string prefix, string separator) : Question
    {
        public override string? Key { get; } = $"kv-keys {separator.Length} {separator} {prefix}";

        public override string Topic { get; } = Watches.Prefix(prefix);

        public override ulong IndexIn(RegistryState state) => state.Kv.IndexOfPrefix(prefix);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            using var json = KvJson.WriterOn(body);
            json.WriteStartArray();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var any = false;
            foreach (var entry in state.Kv.Entries.WithPrefix(prefix))
            {
                any = true;
                var name = UpToSeparator(entry.Key);
                if (name is null)
                {
                    json.WriteStringValue(entry.Key);
                }
                else if (seen.Add(name))
                {
                    json.WriteStringValue(name);
                }
            }

            if (!any && prefix.Length > 0)
            {
                json.Reset();
                return StatusCodes.Status404NotFound;
            }

            json.WriteEndArray();
            return Ok;
        }

        private string? UpToSeparator(string key)
        {
            var at = separator.Length == 0 ? -1 : key.IndexOf(separator, prefix.Length, StringComparison.Ordinal);
            return at < 0 ? null : key[..(at + separator.Length)];
        }
    }
}
