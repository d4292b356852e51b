"""Cases recorded from Keras, and the code that makes and replays them."""
