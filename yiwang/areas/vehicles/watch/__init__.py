"""用车监督: rules over tracks, orders and bills; what they find (signs), the findings made of them, and who may see tracks."""
