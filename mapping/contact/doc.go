// Package contact reads e-mail addresses and phone numbers as visitor keys: trimmed, checked,
// phones in the form of E.164. The plans of national phone numbers come from libphonenumber's
// metadata (phoneplans.txt), and the tests compare every answer with that library.
package contact
