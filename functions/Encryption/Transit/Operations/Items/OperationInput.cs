using System.Buffers;
using System.Text;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// The body of an operation, read once: its items as slices of it, and its options. A request without
/// <c>batch_input</c> is one item. Nothing of it is a string until somebody asks.
/// </summary>
internal sealed class OperationInput : IDisposable
{
    /// <summary>One more is refused before anything is done.</summary>
    public const int MaxItems = 100_000;

    private readonly ReadOnlyMemory<byte> _body;
    private PooledBuffer? _unescaped;
    private Item[]? _items;
    private Item _single;
    private OptionSlices _options;

    private OperationInput(ReadOnlyMemory<byte> body) => _body = body;

    /// <summary>Results are answered as <c>batch_results</c>.</summary>
    public bool IsBatch { get; private set; }

    public int Count { get; private set; } = 1;

    /// <param name="known">What the operation takes; the rest is ignored with a warning.</param>
    /// <param name="required">What every item of a batch must have, else none is carried out; or <see cref="Param.Unknown"/>.</param>
    /// <exception cref="VaultException">400: not JSON, a parameter of a wrong type, or too many items.</exception>
    public static OperationInput Read(VaultRequest request, ParamSet known, Param required = Param.Unknown)
    {
        var input = new OperationInput(request.Body);
        try
        {
            if (!request.Body.IsEmpty)
            {
                var reader = new OperationReader(input, request, known, required);
                reader.Read();
            }

            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    public ref readonly Item this[int index] => ref _items is null ? ref _single : ref _items[index];

    /// <summary>The parameter's text; empty when it was not given.</summary>
    public ReadOnlySpan<byte> Text(in Item item, Param param) => item.Has(param) ? Text(item.Slices[(int)param]) : default;

    /// <summary>Of the request itself, whatever of an item it could be too.</summary>
    public string? Option(Param param)
    {
        var slice = _options[(int)param];
        return slice.Kind == SliceKind.None ? null : Encoding.UTF8.GetString(Text(slice));
    }

    /// <exception cref="VaultException">400: neither a whole number nor a string of one.</exception>
    public int Option(Param param, int otherwise)
    {
        var slice = _options[(int)param];
        return slice.Kind == SliceKind.None ? otherwise : WeakValues.Integer(param, slice.Kind, Text(slice));
    }

    /// <exception cref="VaultException">400: nothing that Vault takes for a boolean.</exception>
    public bool Flag(Param param)
    {
        var slice = _options[(int)param];
        return slice.Kind != SliceKind.None && WeakValues.Flag(param, slice.Kind, Text(slice));
    }

    public bool HasOption(Param param) => _options[(int)param].Kind != SliceKind.None;

    public void Dispose()
    {
        ReturnItems();
        _unescaped?.Dispose();
        _unescaped = null;
    }

    /// <summary>The item that a request without a batch is.</summary>
    internal ref Item Single => ref _single;

    internal void SetOption(Param param, Slice slice) => _options[(int)param] = slice;

    internal void BeginBatch()
    {
        _items ??= ArrayPool<Item>.Shared.Rent(Math.Clamp(_body.Length / 64, 16, MaxItems));
        (IsBatch, Count) = (true, 0);
    }

    /// <summary>A later duplicate says that there is no batch.</summary>
    internal void ForgetBatch()
    {
        ReturnItems();
        (IsBatch, Count) = (false, 1);
    }

    internal ref Item Add()
    {
        if (Count == MaxItems)
        {
            throw VaultException.BadRequest($"batch_input has too many items: at most {MaxItems} are processed in one request");
        }

        if (Count == _items!.Length)
        {
            var larger = ArrayPool<Item>.Shared.Rent(Math.Min(2 * Count, MaxItems));
            _items.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<Item>.Shared.Return(_items);
            _items = larger;
        }

        ref var item = ref _items[Count++];
        (item.Given, item.KeyVersion, item.Bits) = (0, 0, 0);
        return ref item;
    }

    /// <summary>Where unescaped text goes.</summary>
    internal PooledBuffer Unescaped => _unescaped ??= new PooledBuffer();

    internal ReadOnlySpan<byte> Text(Slice slice) => slice.Kind switch
    {
        SliceKind.None => default,
        SliceKind.Unescaped => _unescaped!.WrittenSpan.Slice(slice.Start, slice.Length),
        SliceKind.True => "1"u8,
        SliceKind.False => "0"u8,
        _ => _body.Span.Slice(slice.Start, slice.Length),
    };

    private void ReturnItems()
    {
        if (_items is not null)
        {
            ArrayPool<Item>.Shared.Return(_items);
            _items = null;
        }
    }
}
