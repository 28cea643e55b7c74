namespace Saas.EdgeAgent.Drivers.Libvirt.Interop;

/// <summary>The codes of libvirt's virErrorNumber that the driver tells apart; other values occur and are kept as they are.</summary>
internal enum VirErrorNumber
{
    InternalError = 1,
    NoMemory = 2,
    NoSupport = 3,
    NoConnect = 5,
    InvalidConnection = 6,
    SystemError = 38,
    Rpc = 39,
    NoDomain = 42,
    AuthFailed = 45,
    OperationInvalid = 55,
    OperationTimeout = 68,
    NoDomainMetadata = 80,
    ResourceBusy = 87,
    AccessDenied = 88,
}

/// <summary>Parts of libvirt (virErrorDomain): those whose system errors mean that the daemon could not be talked to.</summary>
internal enum VirErrorDomain
{
    None = 0,
    Rpc = 7,
    Remote = 13,
}

/// <summary>virErrorLevel.</summary>
internal enum VirErrorLevel
{
    None = 0,
    Warning = 1,
    Error = 2,
}
