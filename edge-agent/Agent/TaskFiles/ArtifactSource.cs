using System.Net;
using System.Security.Cryptography;

namespace Saas.EdgeAgent.TaskFiles;

/// <summary>Downloads a file by http or https, within limits.</summary>
internal sealed class ArtifactSource(HttpClient http, ArtifactLimits limits)
{
    private const int BufferBytes = 128 * 1024;

    public static HttpClient CreateHttp() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Without what may be secret: neither user nor query.</summary>
    public static string Shown(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <exception cref="TaskFileException">There is no such file, it is too large or too slow, or not the one that the checksum is of.</exception>
    public async Task DownloadAsync(Uri address, IReadOnlyDictionary<string, string>? headers, string? checksum, string file, CancellationToken ct)
    {
        try
        {
            using var response = await GetAsync(address, headers, ct);
            await using var content = await response.Content.ReadAsStreamAsync(ct);
            await SaveAsync(content, file, checksum, ct);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException)
        {
            throw new TaskFileException(e.Message, e);
        }
    }

    private async Task<HttpResponseMessage> GetAsync(Uri address, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        var at = address;
        for (var redirects = 0; redirects <= limits.MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            foreach (var (name, value) in SameHost(at, address) ? headers ?? new Dictionary<string, string>() : new Dictionary<string, string>())
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
            silence.CancelAfter(limits.MaxSilence);
            var response = await SendAsync(request, silence.Token, ct);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return response;
            }

            using (response)
            {
                at = (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location
                    ? Next(at, location)
                    : throw new TaskFileException($"the source answers {(int)response.StatusCode}");
            }
        }

        throw new TaskFileException($"the source redirects more than {limits.MaxRedirects} times");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken silence, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Silent();
        }
    }

    /// <summary>What was asked for by https is not answered by http.</summary>
    private static Uri Next(Uri at, Uri location)
    {
        var next = new Uri(at, location);
        return next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && at.Scheme == Uri.UriSchemeHttp)
            ? next
            : throw new TaskFileException("the source redirects to neither http nor https, or from https to http");
    }

    private static bool SameHost(Uri one, Uri other) => (one.Scheme, one.Host, one.Port) == (other.Scheme, other.Host, other.Port);

    private async Task SaveAsync(Stream content, string file, string? checksum, CancellationToken ct)
    {
        using var hash = checksum is null ? null : IncrementalHash.CreateHash(Algorithm(checksum));
        await using var saved = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        var buffer = new byte[BufferBytes];
        for (var bytes = 0L; await ReadAsync(content, buffer, ct) is var read and > 0;)
        {
            if ((bytes += read) > limits.MaxDownloadBytes)
            {
                throw new TaskFileException($"the file has more than {limits.MaxDownloadBytes} bytes");
            }

            hash?.AppendData(buffer, 0, read);
            await saved.WriteAsync(buffer.AsMemory(0, read), ct);
        }

        if (hash is not null && !Convert.ToHexString(hash.GetHashAndReset()).Equals(checksum!.Split(':', 2)[1], StringComparison.OrdinalIgnoreCase))
        {
            throw new TaskFileException($"its checksum is not the {checksum.Split(':', 2)[0]} that was expected");
        }
    }

    private async ValueTask<int> ReadAsync(Stream content, byte[] buffer, CancellationToken ct)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(limits.MaxSilence);
        try
        {
            return await content.ReadAsync(buffer, silence.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Silent();
        }
    }

    private TaskFileException Silent() => new($"the source was silent for {limits.MaxSilence.TotalSeconds} s");

    private static HashAlgorithmName Algorithm(string checksum) => checksum.Split(':', 2) switch
    {
        ["md5", _] => HashAlgorithmName.MD5,
        ["sha1", _] => HashAlgorithmName.SHA1,
        ["sha256", _] => HashAlgorithmName.SHA256,
        ["sha512", _] => HashAlgorithmName.SHA512,
        _ => throw new TaskFileException("its checksum is of no kind that is known: expected md5, sha1, sha256 or sha512"),
    };
}
