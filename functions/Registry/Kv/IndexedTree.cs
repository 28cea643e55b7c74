namespace Saas.Registry.Kv;

internal interface IIndexed
{
    string Key { get; }

    /// <summary>When it last changed.</summary>
    ulong ModifyIndex { get; }
}

/// <summary>
/// Items by key, in the order of <see cref="KeyOrder"/>. Immutable: a change shares all but the way to it with the tree
/// before. Each subtree knows the highest index in it, so that the index of all keys with a prefix costs the height of
/// the tree and not a walk over them. Balanced as Adelson-Velsky and Landis do it.
/// </summary>
internal sealed class IndexedTree<T>
    where T : class, IIndexed
{
    public static readonly IndexedTree<T> Empty = new(null);

    private readonly Node? _root;

    private IndexedTree(Node? root) => _root = root;

    public int Count => _root?.Count ?? 0;

    /// <summary>Of all items; 0 where there is none.</summary>
    public ulong MaxIndex => _root?.Max ?? 0;

    /// <summary>In order of key, in time linear in their number. No key twice.</summary>
    public static IndexedTree<T> Of(IReadOnlyList<T> ordered) => new(Build(ordered, 0, ordered.Count));

    public T? Find(string key)
    {
        var node = _root;
        while (node is not null)
        {
            var order = KeyOrder.Compare(key, node.Item.Key);
            if (order == 0)
            {
                return node.Item;
            }

            node = order < 0 ? node.Left : node.Right;
        }

        return null;
    }

    /// <summary>Puts it in, in place of the one with its key.</summary>
    public IndexedTree<T> With(T item) => new(Put(_root, item));

    public IndexedTree<T> Without(string key)
    {
        var root = Remove(_root, key);
        return ReferenceEquals(root, _root) ? this : new IndexedTree<T>(root);
    }

    /// <summary>The highest index of the items whose keys begin so; 0 where there is none.</summary>
    public ulong MaxIndexOf(string prefix)
    {
        var node = _root;
        while (node is not null)
        {
            switch (Side(node, prefix))
            {
                case < 0:
                    node = node.Right;
                    break;
                case > 0:
                    node = node.Left;
                    break;
                default:
                    return Math.Max(node.Item.ModifyIndex, Math.Max(MaxFrom(node.Left, prefix), MaxTo(node.Right, prefix)));
            }
        }

        return 0;
    }

    /// <summary>Those whose keys begin so, in order.</summary>
    public IEnumerable<T> WithPrefix(string prefix)
    {
        var way = new Stack<Node>();
        Descend(_root);
        while (way.TryPop(out var node))
        {
            if (Side(node, prefix) > 0)
            {
                yield break;
            }

            yield return node.Item;
            Descend(node.Right);
        }

        void Descend(Node? node)
        {
            while (node is not null)
            {
                if (Side(node, prefix) < 0)
                {
                    node = node.Right;
                }
                else
                {
                    way.Push(node);
                    node = node.Left;
                }
            }
        }
    }

    /// <summary>Where the node's key lies: 0 begins with the prefix, less is before all that do, more behind.</summary>
    private static int Side(Node node, string prefix) =>
        node.Item.Key.StartsWith(prefix, StringComparison.Ordinal) ? 0 : KeyOrder.Compare(node.Item.Key, prefix);

    private static ulong MaxFrom(Node? node, string prefix)
    {
        var max = 0UL;
        while (node is not null)
        {
            if (Side(node, prefix) < 0)
            {
                node = node.Right;
            }
            else
            {
                max = Math.Max(max, Math.Max(node.Item.ModifyIndex, node.Right?.Max ?? 0));
                node = node.Left;
            }
        }

        return max;
    }

    private static ulong MaxTo(Node? node, string prefix)
    {
        var max = 0UL;
        while (node is not null)
        {
            if (Side(node, prefix) > 0)
            {
                node = node.Left;
            }
            else
            {
                max = Math.Max(max, Math.Max(node.Item.ModifyIndex, node.Left?.Max ?? 0));
                node = node.Right;
            }
        }

        return max;
    }

    private static Node? Build(IReadOnlyList<T> items, int from, int to)
    {
        if (from == to)
        {
            return null;
        }

        var middle = from + ((to - from) / 2);
        return new Node(items[middle], Build(items, from, middle), Build(items, middle + 1, to));
    }

    private static Node Put(Node? node, T item)
    {
        if (node is null)
        {
            return new Node(item, null, null);
        }

        var order = KeyOrder.Compare(item.Key, node.Item.Key);
        return order == 0
            ? new Node(item, node.Left, node.Right)
            : order < 0 ? Balance(node.Item, Put(node.Left, item), node.Right) : Balance(node.Item, node.Left, Put(node.Right, item));
    }

    private static Node? Remove(Node? node, string key)
    {
        if (node is null)
        {
            return null;
        }

        var order = KeyOrder.Compare(key, node.Item.Key);
        if (order < 0)
        {
            var left = Remove(node.Left, key);
            return ReferenceEquals(left, node.Left) ? node : Balance(node.Item, left, node.Right);
        }

        if (order > 0)
        {
            var right = Remove(node.Right, key);
            return ReferenceEquals(right, node.Right) ? node : Balance(node.Item, node.Left, right);
        }

        if (node.Left is null || node.Right is null)
        {
            return node.Left ?? node.Right;
        }

        var next = node.Right;
        while (next.Left is not null)
        {
            next = next.Left;
        }

        return Balance(next.Item, node.Left, Remove(node.Right, next.Item.Key));
    }

    private static Node Balance(T item, Node? left, Node? right)
    {
        var lean = HeightOf(left) - HeightOf(right);
        if (lean > 1)
        {
            return HeightOf(left!.Left) >= HeightOf(left.Right)
                ? new Node(left.Item, left.Left, new Node(item, left.Right, right))
                : new Node(left.Right!.Item, new Node(left.Item, left.Left, left.Right.Left), new Node(item, left.Right.Right, right));
        }

        if (lean < -1)
        {
            return HeightOf(right!.Right) >= HeightOf(right.Left)
                ? new Node(right.Item, new Node(item, left, right.Left), right.Right)
                : new Node(right.Left!.Item, new Node(item, left, right.Left.Left), new Node(right.Item, right.Left.Right, right.Right));
        }

        return new Node(item, left, right);
    }

    private static int HeightOf(Node? node) => node?.Height ?? 0;

    private sealed class Node(T item, Node? left, Node? right)
    {
        public T Item => item;
        public Node? Left => left;
        public Node? Right => right;
        public int Height { get; } = Math.Max(HeightOf(left), HeightOf(right)) + 1;
        public int Count { get; } = (left?.Count ?? 0) + (right?.Count ?? 0) + 1;
        public ulong Max { get; } = Math.Max(item.ModifyIndex, Math.Max(left?.Max ?? 0, right?.Max ?? 0));
    }
}
