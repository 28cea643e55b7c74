using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

/// <summary>Random operations, compared after each with a model of few lines that knows nothing of rows.</summary>
public sealed class ModelTests
{
    private static readonly string[] Paths = ["a", "a/b", "a/b/c", "a/d", "e/f", "g"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AnyRunOfOperationsDoesWhatTheModelSays(int seed)
    {
        var random = new Random(seed);
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var client = (await host.SignUpAsync()).Client;
        var model = new Dictionary<string, ModelSecret>();
        (await client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":4}"""))).MustBeEmpty();
        for (var step = 0; step < 250; step++)
        {
            time.Advance(TimeSpan.FromSeconds(random.Next(3)));
            var path = Paths[random.Next(Paths.Length)];
            var done = await StepAsync(client, model, path, random, step, time.GetUtcNow());
            await CompareAsync(client, model, path, time.GetUtcNow(), $"seed {seed}, step {step}: {done} {path}");
        }

        foreach (var path in Paths)
        {
            (await client.RemoveAsync("secret/metadata/" + path)).MustBeEmpty();
        }

        Assert.Equal(["config"], host.Store.Rows().Select(row => row.Row));
    }

    private static async Task<string> StepAsync(
        HttpClient client, Dictionary<string, ModelSecret> model, string path, Random random, int step, DateTimeOffset now)
    {
        var secret = model.GetValueOrDefault(path);
        var version = random.Next(1, Math.Max(2, (secret?.Current ?? 0) + 1));
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                (await client.PutAsync(path, $$"""{"step":{{step}}}""")).MustBeOk();
                model.TryAdd(path, new ModelSecret());
                model[path].Add($$"""{"step":{{step}}}""", now);
                return "write";
            case 3:
                var cas = random.Next(4);
                var written = await client.PutAsync(path, $$"""{"cas":{{step}}}""", cas);
                Assert.Equal(cas == (secret?.Current ?? 0) ? HttpStatusCode.OK : HttpStatusCode.BadRequest, written.Status);
                if (written.Status == HttpStatusCode.OK)
                {
                    model.TryAdd(path, new ModelSecret());
                    model[path].Add($$"""{"cas":{{step}}}""", now);
                }

                return "write with cas";
            case 4:
                var patched = await client.PatchDataAsync(path, """{"patched":1}""");
                var last = secret?.Readable(secret.Current, now);
                Assert.Equal(last is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, patched.Status);
                if (last is not null)
                {
                    var value = JsonNode.Parse(last)!.AsObject();
                    value["patched"] = 1;
                    secret!.Add(new JsonObject(value.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString(), now);
                }

                return "patch";
            case 5:
                (await client.RemoveAsync("secret/data/" + path)).MustBeEmpty();
                secret?.Delete(secret.Current, now);
                return "delete last";
            case 6:
                (await client.VersionsAsync("delete", path, version)).MustBeEmpty();
                secret?.Delete(version, now);
                return $"delete {version}";
            case 7:
                (await client.VersionsAsync("undelete", path, version)).MustBeEmpty();
                secret?.Undelete(version, now);
                return $"undelete {version}";
            case 8:
                (await client.VersionsAsync("destroy", path, version)).MustBeEmpty();
                secret?.Destroy(version);
                return $"destroy {version}";
            default:
                if (random.Next(2) == 0)
                {
                    (await client.RemoveAsync("secret/metadata/" + path)).MustBeEmpty();
                    model.Remove(path);
                    return "remove";
                }

                var (max, age) = (random.Next(8), random.Next(3) * 10);
                (await client.WriteAsync("secret/metadata/" + path, JsonNode.Parse($$"""{"max_versions":{{max}},"delete_version_after":{{age}}}"""))).MustBeEmpty();
                model.TryAdd(path, new ModelSecret());
                (model[path].Max, model[path].Age) = (max, age);
                return "settings";
        }
    }

    private static async Task CompareAsync(
        HttpClient client, Dictionary<string, ModelSecret> model, string path, DateTimeOffset now, string where)
    {
        var metadata = await client.MetadataAsync(path);
        if (!model.TryGetValue(path, out var secret))
        {
            Assert.True(metadata.Status == HttpStatusCode.NotFound, where);
        }
        else
        {
            Assert.True(secret.Current == metadata.Data["current_version"]!.GetValue<int>(), where);
            Assert.True(secret.Versions.Keys.Order().SequenceEqual(metadata.Data["versions"]!.AsObject().Select(v => int.Parse(v.Key))), $"{where}: {metadata.Text}");
            foreach (var version in secret.Versions.Keys)
            {
                var read = await client.ReadDataAsync(path, version);
                Assert.True((read.Data["data"]?.ToJsonString() ?? null) == secret.Readable(version, now), $"{where}, version {version}: {read.Text}");
            }
        }

        foreach (var folder in new[] { "", "a/", "a/b/", "e/" })
        {
            var names = model.Keys.Where(p => p.StartsWith(folder, StringComparison.Ordinal) && p != folder)
                .Select(p => p[folder.Length..]).Select(p => p.Contains('/') ? p[..(p.IndexOf('/') + 1)] : p)
                .Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(names, await client.NamesAsync(folder));
        }
    }

    private sealed class ModelSecret
    {
        public SortedDictionary<int, (string? Value, DateTimeOffset? DeletedAt)> Versions { get; } = [];
        public int Current { get; private set; }
        public int Max { get; set; }
        public int Age { get; set; }
        private int Oldest { get; set; }

        public void Add(string value, DateTimeOffset now)
        {
            Versions[++Current] = (value, Deletion(now));
            var max = Math.Max(Max, 4);
            Oldest = Current - Oldest >= max ? Current - max + 1 : Oldest;
            foreach (var old in Versions.Keys.Where(v => v < Oldest).ToList())
            {
                Versions.Remove(old);
            }
        }

        /// <summary>The value, unless it is deleted or destroyed.</summary>
        public string? Readable(int version, DateTimeOffset now) =>
            Versions.TryGetValue(version, out var found) && !(found.DeletedAt <= now) ? found.Value : null;

        public void Delete(int version, DateTimeOffset now)
        {
            if (Versions.TryGetValue(version, out var found) && found.Value is not null && !(found.DeletedAt <= now))
            {
                Versions[version] = (found.Value, now);
            }
        }

        public void Undelete(int version, DateTimeOffset now)
        {
            if (Versions.TryGetValue(version, out var found) && found.Value is not null)
            {
                Versions[version] = (found.Value, Deletion(now));
            }
        }

        public void Destroy(int version)
        {
            if (Versions.TryGetValue(version, out var found))
            {
                Versions[version] = (null, found.DeletedAt);
            }
        }

        private DateTimeOffset? Deletion(DateTimeOffset now) => Age == 0 ? null : now.AddSeconds(Age);
    }
}
