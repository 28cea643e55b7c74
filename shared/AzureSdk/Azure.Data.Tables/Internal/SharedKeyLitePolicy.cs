using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables.Internal;

/// <summary>
/// "Authorize with Shared Key", Shared Key Lite for the Table service: the signature covers the date and the path as
/// it is encoded in the request. Signed at every try, because the service refuses dates older than 15 minutes.
/// </summary>
internal sealed class SharedKeyLitePolicy(TableSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = TimeProvider.System.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);
        var text = StringToSign(date, credential.AccountName, message.Request.Uri.ToUri());
        message.Request.Headers.SetValue("x-ms-date", date);
        message.Request.Headers.SetValue(
            "Authorization", $"SharedKeyLite {credential.AccountName}:{credential.Sign(text)}");
    }

    /// <summary>Of the query only <c>comp</c> is signed, which none of our requests has.</summary>
    internal static string StringToSign(string date, string account, Uri uri) => $"{date}\n/{account}{uri.AbsolutePath}";
}
