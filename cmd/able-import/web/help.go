package web

// A help explains a word that is ours.
type help struct {
	Question string
	Answers  []string
}

var helps = map[string]help{
	"mark": {"What is a funnel mark, and where is it?", []string{
		"It says which funnel in Able the events belong to. In Able’s dashboard, open the funnel " +
			"and choose Get Code: the mark is the long name in quotes, 36 letters and digits " +
			"with dashes, such as 00000000-0000-0000-0000-000000000000.",
		"It is not a password, but everybody who has it can send events. So this page shows only " +
			"its last characters.",
	}},
	"canary": {"Why send 3 first?", []string{
		"A few events go out first, as varied as possible. You see the receiver’s answers, and " +
			"decide whether the rest goes out, too. If one of them is not delivered, the rest " +
			"stays here.",
	}},
	"namespace": {"What does the name do?", []string{
		"Invoice 17 of one system and invoice 17 of another are two sales. So the program knows " +
			"an event by its number and the name of its mapping. Give all files of one system " +
			"the same name, and nothing is sent twice; give another system another name.",
	}},
	"unknown": {"What does “unknown” mean?", []string{
		"The event was sent, and no answer was heard: it may have arrived or not. It is not sent " +
			"again unless you say so. Look it up in Able, and decide under “To decide”.",
	}},
	"held": {"What is held, and what can I decide?", []string{
		"An event is held when it may have arrived, though no answer was heard (unknown), or " +
			"when it was delivered before with different content (changed). It waits for you, " +
			"and is not sent until you decide.",
		"Your decision is recorded with your name and the time. The next run of the same file " +
			"carries it out.",
	}},
}

// helpOn is the help on a word; nil if there is none.
func helpOn(word string) *help {
	if h, known := helps[word]; known {
		return &h
	}
	return nil
}

// A tick is something that a person has to say before anything is sent.
type tick struct {
	Fault *fault
	Name  string
	Words string
}

func tickOf(missing *faults, name, words string) tick { return tick{missing.At(name), name, words} }
