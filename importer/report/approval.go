package report

// A Person is a user of the system who did something, as the system knows them.
type Person struct {
	UID  int    `json:"uid"`
	Name string `json:"name"`
	Host string `json:"host"`
	// Also are the numbers of other users that this one is: who logged in before the user changed.
	Also []int  `json:"also,omitempty"`
	When string `json:"when"` // RFC 3339, UTC
}

// String is user@host.
func (p Person) String() string { return p.Name + "@" + p.Host }

// An Approval says that two people have seen what a run has sent.
type Approval struct {
	Plan        string `json:"plan"` // "sha256:..."
	PreviewedBy Person `json:"previewed_by"`
	ApprovedBy  Person `json:"approved_by"`
	// hashes of the two files that say so, in hex; the run's folder has copies of both
	PlanFile     string `json:"plan_file"`
	ApprovalFile string `json:"approval_file"`
}
