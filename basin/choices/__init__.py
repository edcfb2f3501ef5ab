"""choices"""
