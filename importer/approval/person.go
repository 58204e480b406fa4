package approval

import (
	"errors"
	"os"
	"os/user"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"ableimport/importer/report"
)

// ErrNoOwners says that this system cannot reliably tell who owns a file.
var ErrNoOwners = errors.New("approvals need a system that says reliably which user made a file, " +
	"which " + runtime.GOOS + " does not; run the job on Linux or macOS")

// Users that are nobody in particular: the administrator, whom several people can become, and the
// number used for users of other machines and containers.
const (
	root    = 0
	unknown = 65534
)

// Me is who runs this program. The system says so: variables such as USER can be set by anybody.
// The variables of sudo only add to who somebody is.
func Me(now time.Time) (report.Person, error) {
	uid := os.Geteuid()
	if uid < 0 {
		return report.Person{}, ErrNoOwners
	}
	if uid != os.Getuid() {
		return report.Person{}, errors.New("the program runs as a different user from the one " +
			"who started it (setuid), so nobody can tell who it is")
	}

	me := report.Person{UID: uid, Name: nameOf(uid), When: now.UTC().Format(time.RFC3339)}
	var err error
	if me.Host, err = os.Hostname(); err != nil {
		me.Host = "unknown"
	}

	// Linux knows who logged in, whatever user that person has become since.
	login, _ := os.ReadFile("/proc/self/loginuid")
	for _, number := range []string{strings.TrimSpace(string(login)), os.Getenv("SUDO_UID")} {
		other, err := strconv.ParseInt(number, 10, 32) // nobody has logged in: 4294967295
		if err == nil && int(other) != uid && !slices.Contains(me.Also, int(other)) {
			me.Also = append(me.Also, int(other))
		}
	}

	return me, nil
}

// nameOf is the name of a user for people; the number is what counts.
func nameOf(uid int) string {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return "user " + strconv.Itoa(uid)
	}
	return u.Username
}

// uidOf is the number of a user in a list of names and numbers.
func uidOf(name string) (int, error) {
	if uid, err := strconv.Atoi(name); err == nil {
		return uid, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(u.Uid)
}

// same reports whether two may be one person.
func same(a, b report.Person) bool {
	one := append([]int{a.UID}, a.Also...)
	return slices.ContainsFunc(append([]int{b.UID}, b.Also...),
		func(uid int) bool { return slices.Contains(one, uid) })
}
