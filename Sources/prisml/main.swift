print("prisml")
