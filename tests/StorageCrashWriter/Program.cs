using System.Text;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;

// Writes until it is killed, and prints a line for every write that the store has acknowledged:
//   <run>|<writer>|<number> <etag>
// Every write is a batch of two rows, "…|a" and "…|b".
var (path, run) = (args[0], args[1]);
const int Writers = 16;

using var store = new SqliteTableStore(path);
using var output = Console.OpenStandardOutput();
var printing = new Lock();

await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
{
    for (var number = 0; ; number++)
    {
        var name = $"{run}|{writer:d2}|{number:d6}";
        var value = Encoding.UTF8.GetBytes(name.PadRight(number % 3000, '.'));
        var written = await store.WriteBatchAsync(
            "crash", "ten_one", [TableWrite.Insert($"{name}|a", value), TableWrite.Insert($"{name}|b", value)], CancellationToken.None);
        var line = Encoding.UTF8.GetBytes($"{name} {written.ETags[0]} {written.ETags[1]}\n");
        lock (printing)
        {
            output.Write(line);
        }
    }
})));
