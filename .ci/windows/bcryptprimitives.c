/* Stands in for a library that Wine 8 lacks and Go needs for random numbers. It goes into the test prefix alone. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); /* RtlGenRandom of advapi32 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
	for (ULONG part; size > 0; data += part, size -= part) {
		part = size < 0x40000000 ? (ULONG)size : 0x40000000;
		if (!SystemFunction036(data, part))
			return FALSE;
	}
	return TRUE;
}
