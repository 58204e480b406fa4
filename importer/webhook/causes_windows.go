package webhook

import "syscall"

// What the system calls the causes that have their own sentences: by Winsock's numbers, and by the
// numbers of operations that ended under way.
var (
	refused = []error{
		syscall.Errno(10061), // WSAECONNREFUSED
		syscall.Errno(1225),  // ERROR_CONNECTION_REFUSED
	}
	unreachable = []error{
		syscall.Errno(10050), // WSAENETDOWN
		syscall.Errno(10051), // WSAENETUNREACH
		syscall.Errno(10060), // WSAETIMEDOUT: nobody answered to the attempts to connect
		syscall.Errno(10064), // WSAEHOSTDOWN
		syscall.Errno(10065), // WSAEHOSTUNREACH
		syscall.Errno(121),   // ERROR_SEM_TIMEOUT, which means the same as WSAETIMEDOUT
		syscall.Errno(1231),  // ERROR_NETWORK_UNREACHABLE
		syscall.Errno(1232),  // ERROR_HOST_UNREACHABLE
	}
	exhausted = []error{
		syscall.Errno(10024), // WSAEMFILE
		syscall.Errno(10055), // WSAENOBUFS
	}
	broken = []error{
		syscall.Errno(10052), // WSAENETRESET
		syscall.WSAECONNABORTED,
		syscall.WSAECONNRESET,
		syscall.Errno(10057), // WSAENOTCONN
		syscall.Errno(10058), // WSAESHUTDOWN
		syscall.Errno(64),    // ERROR_NETNAME_DELETED
		syscall.Errno(1236),  // ERROR_CONNECTION_ABORTED
	}
)

// countsSent: a failed write may say 0 although a part of it has left, since the system goes on
// sending.
const countsSent = false
