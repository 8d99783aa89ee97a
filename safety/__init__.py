"""Who may do what, what may pass, what comes in at the door, and what a picture says about itself."""
