using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// Reads a body in one pass. The request's own parameters are weakly typed, those of a batch's items strictly, both as
/// in Vault; of duplicates the last one counts, and null is as if it were not there.
/// </summary>
internal ref struct OperationReader(OperationInput input, VaultRequest request, ParamSet known, Param required)
{
    private const int MaxDepth = 64;

    /// <summary>Of the batch: more would only repeat themselves.</summary>
    private const int MaxFaults = 20;

    private Utf8JsonReader _json = new(request.Body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
    private List<string>? _ignored;
    private List<string>? _replaced;
    private List<string>? _faults;
    private int _faultCount;

    /// <exception cref="VaultException">400.</exception>
    public void Read()
    {
        try
        {
            _json.Read();
            if (_json.TokenType == JsonTokenType.StartObject)
            {
                ReadRequest();
            }
            else if (_json.TokenType != JsonTokenType.Null)
            {
                throw VaultException.BadRequest("failed to parse JSON input: expected an object");
            }

            // Finds what follows the value: there may be nothing.
            _json.Read();
        }
        catch (JsonException e)
        {
            throw VaultException.BadRequest($"failed to parse JSON input: line {e.LineNumber + 1}, byte {e.BytePositionInLine}");
        }

        if (_faultCount > 0)
        {
            var rest = _faultCount > MaxFaults ? $"\n* and {_faultCount - MaxFaults} more" : "";
            throw VaultException.BadRequest(
                $"failed to parse batch input: {_faultCount} error(s) decoding:\n\n{string.Join('\n', _faults!.Select(f => "* " + f))}{rest}");
        }

        request.WarnOfParameters(_ignored, _replaced);
    }

    private void ReadRequest()
    {
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var param = FindParam();
            if (!known.Contains(param))
            {
                Ignore();
            }
            else if (param == Param.BatchInput)
            {
                _json.Read();
                ReadBatch();
            }
            else
            {
                _json.Read();
                ReadOption(param);
            }
        }
    }

    private void ReadOption(Param param)
    {
        var slice = ReadValue();
        if (slice.Kind == SliceKind.Other)
        {
            throw WeakValues.Unconvertible(param.Name(), param.IsNumber() ? "a whole number" : "a string", WeakValues.Name(_json.TokenType));
        }

        input.SetOption(param, slice);
        if (param > Param.Bits)
        {
            return;
        }

        ref var item = ref input.Single;
        if (slice.Kind == SliceKind.None)
        {
            item.Given &= ~(1u << (int)param);
            return;
        }

        item.Given |= 1u << (int)param;
        if (param.IsNumber())
        {
            SetNumber(ref item, param, WeakValues.Integer(param, slice.Kind, input.Text(slice)));
        }
        else
        {
            item.Slices[(int)param] = slice;
        }
    }

    private void ReadBatch()
    {
        _faultCount = 0;
        _faults?.Clear();
        if (_json.TokenType == JsonTokenType.Null)
        {
            input.ForgetBatch();
            return;
        }

        if (_json.TokenType != JsonTokenType.StartArray)
        {
            throw VaultException.BadRequest(
                $"failed to parse batch input: source data must be an array or slice, got {WeakValues.GoType(_json.TokenType)}");
        }

        input.BeginBatch();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                throw VaultException.BadRequest(
                    $"failed to parse batch input: [{input.Count}] expected a map, got '{WeakValues.GoType(_json.TokenType)}'");
            }

            ReadItem(ref input.Add());
        }

        if (input.Count == 0)
        {
            throw VaultException.BadRequest("missing batch input to process");
        }
    }

    private void ReadItem(ref Item item)
    {
        var isRequiredNamed = required == Param.Unknown;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var param = FindParam();
            _json.Read();
            isRequiredNamed |= param == required;
            if (param > Param.Bits || !known.Contains(param))
            {
                _json.Skip();
                continue;
            }

            switch (_json.TokenType)
            {
                case JsonTokenType.String when !param.IsNumber():
                    item.Slices[(int)param] = ReadText(param);
                    item.Given |= 1u << (int)param;
                    break;
                case JsonTokenType.Number when param.IsNumber() && _json.TryGetInt32(out var number):
                    SetNumber(ref item, param, number);
                    item.Given |= 1u << (int)param;
                    break;
                case JsonTokenType.Null when param != required:
                    SetNumber(ref item, param, 0);
                    item.Given &= ~(1u << (int)param);
                    break;
                default:
                    AddFault($"'[{input.Count - 1}].{param.Name()}' expected type '{(param.IsNumber() ? "int" : "string")}', got unconvertible type '{WeakValues.GoType(_json.TokenType)}'");
                    _json.Skip();
                    break;
            }
        }

        if (!isRequiredNamed)
        {
            AddFault($"'[{input.Count - 1}].{required.Name()}' missing {required.Name()} to {(required == Param.Plaintext ? "encrypt" : "decrypt")}");
        }
    }

    private Slice ReadValue()
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.String:
                return ReadText(Param.Unknown);
            case JsonTokenType.Number:
                return new Slice((int)_json.TokenStartIndex, _json.ValueSpan.Length, SliceKind.Number);
            case JsonTokenType.True:
                return new Slice(0, 0, SliceKind.True);
            case JsonTokenType.False:
                return new Slice(0, 0, SliceKind.False);
            case JsonTokenType.Null:
                return default;
            default:
                return new Slice(0, 0, SliceKind.Other);
        }
    }

    /// <summary>Base 64 is checked where it is decoded; a reference is given back as it came and must be text.</summary>
    private Slice ReadText(Param param)
    {
        if (!_json.ValueIsEscaped)
        {
            if (param == Param.Reference && !Utf8.IsValid(_json.ValueSpan))
            {
                throw VaultException.BadRequest("failed to parse JSON input: a string is not UTF-8");
            }

            return new Slice((int)_json.TokenStartIndex + 1, _json.ValueSpan.Length, SliceKind.Text);
        }

        var unescaped = input.Unescaped;
        var start = unescaped.WrittenCount;
        try
        {
            unescaped.Advance(_json.CopyString(unescaped.GetSpan(_json.ValueSpan.Length)));
        }
        catch (InvalidOperationException)
        {
            throw VaultException.BadRequest("failed to parse JSON input: a string is not UTF-8");
        }

        return new Slice(start, unescaped.WrittenCount - start, SliceKind.Unescaped);
    }

    private readonly Param FindParam()
    {
        if (!_json.ValueIsEscaped)
        {
            return Params.Find(_json.ValueSpan);
        }

        // No name of ours is longer, however it is escaped.
        const int MaxEscapedBytes = 6 * 32;
        if (_json.ValueSpan.Length > MaxEscapedBytes)
        {
            return Param.Unknown;
        }

        Span<byte> name = stackalloc byte[MaxEscapedBytes];
        return Params.Find(name[.._json.CopyString(name)]);
    }

    /// <summary>At the name of a parameter the operation does not have.</summary>
    private void Ignore()
    {
        var name = _json.GetString()!;
        (request.IsOfPath(name) ? _replaced ??= [] : _ignored ??= []).Add(name);
        _json.Read();
        _json.Skip();
    }

    private void AddFault(string fault)
    {
        if (_faultCount++ < MaxFaults)
        {
            (_faults ??= []).Add(fault);
        }
    }

    private static void SetNumber(ref Item item, Param param, int number)
    {
        if (param == Param.KeyVersion)
        {
            item.KeyVersion = number;
        }
        else if (param == Param.Bits)
        {
            item.Bits = number;
        }
    }
}
