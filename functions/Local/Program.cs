using System.CommandLine;
using Saas.Local.Demo;
using Saas.Local.Platform;

var data = new Option<DirectoryInfo>("--data")
{
    Description = "Folder of the embedded store and of the demo's agent.",
    DefaultValueFactory = _ => new DirectoryInfo(".saas"),
    Recursive = true,
};
var port = new Option<int>("--port")
{
    Description = "First loopback port; every app has its place from there up. 0 lets the system choose.",
    DefaultValueFactory = _ => AppPorts.DefaultFirst,
    Recursive = true,
};
port.Validators.Add(option =>
{
    if (option.Tokens is [var token] && (!int.TryParse(token.Value, out var value) || value is < 0 or > 65000))
    {
        option.AddError($"--port expects 0 or a number up to 65000; {token.Value} came.");
    }
});
var json = new Option<bool>("--json")
{
    Description = "Machine-readable: the apps' addresses as the first line; with demo, the result as the last line.",
    Recursive = true,
};

var setup = new Option<bool>("--setup") { Description = "Install what the VM needs (Debian packages, as root) and start libvirt." };
var once = new Option<bool>("--once") { Description = "End after the main job instead of staying up until Ctrl-C." };

var demo = new Command("demo", "Sign up, enrol this machine, run a VM and a process, see what they cost.") { setup, once };
demo.SetAction((parsed, ct) => DemoCommand.RunAsync(
    new DemoOptions(
        parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(json), parsed.GetValue(setup), parsed.GetValue(once)),
    ct));

var root = new RootCommand("The platform in one process on an embedded store: for development, and for the demo.") { data, port, json, demo };
root.SetAction((parsed, ct) => ServeCommand.RunAsync(parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(json), ct));

// Stopping waits for the VM to shut down and for requests under way.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
