/* Uses Wine's desktop until it is ended, for Wine takes down a desktop that nobody uses: see run.sh. */
#include <stdio.h>
#include <windows.h>

int main(void)
{
	GetDesktopWindow(); /* starts the desktop, and waits for it */
	puts("the desktop is there");
	fflush(stdout);
	Sleep(INFINITE);
}
