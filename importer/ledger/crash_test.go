package ledger

func child(work string) int { return 0 }
