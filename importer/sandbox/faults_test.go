package sandbox

import (
	"crypto/sha256"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseFaults(t *testing.T) {
	got, err := ParseFaults(
		"429=2%, reset-after=1.5%,latency=20ms,seed=7,retry-after=3s,burst=20,rate=50/s," +
			"401-after=1000,times=2,")
	if err != nil {
		t.Fatal(err)
	}
	want := Options{Latency: 20 * time.Millisecond, Faults: Faults{
		Percent: map[Fault]float64{"429": 2, ResetAfter: 1.5},
		Seed:    7, RetryAfter: 3 * time.Second, Burst: 20, Rate: 50, UnauthorizedAfter: 1000,
		Times: 2,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParseFaults (-want +got):\n%s", diff)
	}
	if none, err := ParseFaults(""); err != nil || len(none.Faults.Percent) != 0 {
		t.Errorf("ParseFaults of nothing: %+v, %v", none, err)
	}
}

func TestParseFaultsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"429":                   `"429"`,
		"404-date=1%":           "not known",
		"429-soon=1%":           "not known",
		"429=lots":              `"lots" is not a number`,
		"reset-afer=1%":         `"reset-afer" is not known`,
		"200=1%":                `"200" is not known`,
		"429=60%,503=60%":       "120%",
		"429=-1%":               "not a number",
		"429=NaN":               "not a number",
		"latency=20":            "not a duration",
		"latency=-20ms":         "not a duration",
		"times=0":               "not a count",
		"seed=x":                "seed=x",
		"retry-after=sometimes": "not a duration",
	} {
		if _, err := ParseFaults(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseFaults(%q): %v, want an error with %s", text, err, want)
		}
	}
	if _, err := Start(Options{Faults: Faults{Percent: map[Fault]float64{"hung": 1}}}); err == nil {
		t.Error("Start with an unknown fault: no error")
	}
}

// TestChooseKeepsItsShares: as many events as stated, the same ones each time, others with another
// seed.
func TestChooseKeepsItsShares(t *testing.T) {
	faults := Faults{Percent: map[Fault]float64{"429": 2, ResetAfter: 5}}
	const events = 100_000
	counts := make(map[Fault]int)
	var same, both int
	for i := range events {
		body := sha256.Sum256([]byte(strconv.Itoa(i)))
		fault := faults.choose(body)
		counts[fault]++
		if fault != faults.choose(body) {
			t.Fatalf("event %d meets another fault the second time", i)
		}
		other := faults
		other.Seed = 1
		if fault != "" {
			both++
			if fault == other.choose(body) {
				same++
			}
		}
	}
	for fault, percent := range faults.Percent {
		if got := 100 * float64(counts[fault]) / events; math.Abs(got-percent) > 0.3 {
			t.Errorf("%s hit %.2f %%, want %v", fault, got, percent)
		}
	}
	if same > both/5 {
		t.Errorf("another seed chose the same fault for %d of %d events", same, both)
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add("429=2%,reset-after=1%,latency=20ms")
	f.Add("seed=1,rate=1e308/s,503=NaN%")
	f.Fuzz(func(t *testing.T, text string) {
		options, err := ParseFaults(text)
		if err != nil {
			return
		}
		if err := options.Faults.check(); err != nil {
			t.Errorf("ParseFaults(%q) lets through what check refuses: %v", text, err)
		}
		options.Faults.choose(sha256.Sum256([]byte(text)))
	})
}
